import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What all files of the window weigh at most together, compressed, in bytes. */
const MOST = 150_000

/** Fails a build whose files weigh more than `MOST`, and says what they weigh. */
export function weight(): Plugin {
  let folder = ''
  return {
    name: 'longwire-weight',
    apply: 'build',
    configResolved: (config) => void (folder = config.build.outDir),
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      const sizes = files.map((file) => gzipSync(readFileSync(join(file.parentPath, file.name)), { level: 9 }).length)
      const all = sizes.reduce((sum, size) => sum + size, 0)
      const text = `the window weighs ${(all / 1000).toFixed(1)} kB compressed; at most ${MOST / 1000} kB are allowed`
      if (all > MOST) this.error(text)
      this.info(text)
    }
  }
}
