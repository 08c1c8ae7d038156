import { describe, expect, it } from 'vitest'
import { credentialsIn } from './credentials'

const ID = 'cli_a1b2c3d4e5f60718'
const SECRET = 'Qf3kZ8s1LmN0pR7tUvWxYz2A4bC6dE9g'
const KEY = 'aaaabbbbccccddddeeeeffff00001111'
const BOTH = { app_id: ID, app_secret: SECRET }

describe('credentials in what was copied', () => {
  it.each([
    ['a pair', `${ID} ${SECRET}`],
    ['a pair the other way round', `${SECRET}\t${ID}`],
    ['a pair with a colon', `${ID}:${SECRET}`],
    ['lines for a shell', `export APP_ID=${ID}\nexport APP_SECRET=${SECRET}\n`],
    ['lines with a prefix and quotes', `FEISHU_APP_ID="${ID}"\r\nFEISHU_APP_SECRET='${SECRET}'`],
    ['JSON', `{"appId": "${ID}", "appSecret": "${SECRET}"}`],
    ['YAML', `app_id: ${ID}\napp_secret: ${SECRET}`],
    ['the console’s page', `App ID\n${ID}\nApp Secret\n${SECRET}`],
    ['Chinese text', `App ID：${ID}，App Secret：${SECRET}`],
    ['an Encrypt Key beside them', `APP_ID=${ID}\nAPP_SECRET=${SECRET}\nENCRYPT_KEY=${KEY}`],
    ['a pair that is written twice', `${ID} ${SECRET}\n${ID} ${SECRET}`]
  ])('%s', (_, text) => {
    expect(credentialsIn(text)).toEqual(BOTH)
  })

  it('takes a secret of another form where it is called so', () => {
    expect(credentialsIn(`app_id=${ID}\napp_secret=short-one`)).toEqual({ app_id: ID, app_secret: 'short-one' })
  })

  it.each([
    ['one half', `APP_ID=${ID}`, { app_id: ID }],
    ['two secrets nobody tells apart', `${ID} ${SECRET} ${KEY}`, { app_id: ID }],
    ['two apps', `${ID} cli_ffffffffffffffff ${SECRET}`, { app_secret: SECRET }],
    ['prose', 'where do I find the App ID?', {}],
    ['nothing', '', {}],
    ['a whole file', `${ID} ${SECRET}${' '.repeat(30_000)}`, {}]
  ])('%s', (_, text, found) => {
    expect(credentialsIn(text)).toEqual(found)
  })
})
