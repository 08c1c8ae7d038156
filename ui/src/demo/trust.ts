import type {
  CaInspection,
  CaOutcome,
  CaQuestion,
  CaRoad,
  StoreOutcome,
  StoreResult,
  TrustedCa
} from '../backend/contract.gen'
import { handedOut, held, MIXED_RESULTS, PLACES, ROADS, trustedCa, type RoadCase } from './certificates'
import { finding } from './findings'
import { refuse, type Handlers, type World } from './world'

/** How trust stands at the start. */
export interface TrustBegin {
  road?: RoadCase | 'unreachable'
  trusted?: TrustedCa[]
  /** Whether some stores refuse. */
  mixed?: boolean
  /** Whether the road stays blocked whatever is trusted. */
  failing?: boolean
}

type TrustCommands = Pick<Handlers, 'ca_inspect' | 'ca_places' | 'ca_trust' | 'ca_untrust' | 'ca_reload'>

/** The commands about certificates. Content without a certificate's first line is none; with a key's, it is refused. */
export function trustCommands(world: World, begin: TrustBegin): TrustCommands {
  let again = false

  function inspect({ source, app_id }: CaQuestion): CaInspection {
    switch (source.kind) {
      case 'road':
        if (begin.road === 'unreachable')
          refuse('no_chain', { error: 'the proxy 127.0.0.1:7890 refused the connection' })
        return ROADS[begin.road ?? 'one']()
      case 'proxy_page':
        return handedOut()
      case 'content': {
        const text = atob(source.base64)
        if (text.includes('PRIVATE KEY')) refuse('ca_private_key')
        if (!text.includes('CERTIFICATE')) refuse('ca_unreadable', { error: 'there is no certificate in it' })
        return held(app_id != null)
      }
      default:
        return held(app_id != null)
    }
  }

  function result(kind: string): Omit<StoreOutcome, 'store'> {
    const odd = begin.mixed && !again && kind in MIXED_RESULTS
    return odd ? MIXED_RESULTS[kind as keyof typeof MIXED_RESULTS] : { result: 'added', detail: '' }
  }

  function road(host: string | null | undefined, here: boolean): CaRoad | null {
    if (!host) return null
    const why = finding('trust_failing', { host, issuer: 'mitmproxy' }, `tls: ${host}: UnknownIssuer`)
    return begin.failing ? { host, system: false, here: false, finding: why } : { host, system: false, here }
  }

  return {
    ca_inspect: inspect,
    ca_places: () => PLACES,
    ca_trust: ({ question, sha256, stores }) => {
      const inspection = inspect(question)
      const ca = inspection.certificates.find((each) => each.sha256 === sha256) ?? refuse('ca_unknown', { sha256 })
      if (ca.refusal) refuse('ca_refused', { refusal: ca.refusal, subject: ca.subject })
      const outcomes = stores.map((store): StoreOutcome => ({ store, ...result(store.kind) }))
      again = true
      const added = outcomes.filter((each) => each.result === 'added').map((each) => each.store)
      const before = world.snapshot.trusted.find((each) => each.sha256 === sha256)
      const others = world.snapshot.trusted.filter((each) => each !== before)
      const now = trustedCa(ca, [...(before?.stores ?? []), ...added])
      if (added.length > 0) world.change({ trusted: [now, ...others] })
      const here = now.stores.some((store) => store.kind === 'app')
      if (here && !begin.failing) world.redial()
      return { sha256, subject: ca.subject, stores: outcomes, road: road(inspection.host, here) }
    },
    ca_untrust: ({ sha256, stores }): CaOutcome => {
      const ca = world.snapshot.trusted.find((each) => each.sha256 === sha256) ?? refuse('ca_unknown', { sha256 })
      const outcomes = (stores ?? ca.stores).map((store): StoreOutcome => {
        const result: StoreResult = store.kind === 'system' && begin.mixed ? 'cancelled' : 'removed'
        return { store, result, detail: '' }
      })
      const left = outcomes.filter((each) => each.result === 'cancelled').map((each) => each.store)
      const others = world.snapshot.trusted.filter((each) => each !== ca)
      world.change({ trusted: left.length > 0 ? [{ ...ca, stores: left }, ...others] : others })
      return { sha256, subject: ca.subject, stores: outcomes }
    },
    ca_reload: () => null
  }
}
