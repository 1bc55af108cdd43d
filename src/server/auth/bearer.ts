/** What a request says in `Authorization`. */
export interface Authorization {
  /** The token behind `Bearer`. */
  readonly bearer: string | undefined
  /** Why there is none although something was sent, in words for the caller; null otherwise. */
  readonly flaw: string | null
}

/** @param raw names and values in turn, as they came */
export function authorizationOf(raw: readonly string[]): Authorization {
  // Node shows but one of several.
  const sent = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'authorization')
  const [authorization] = sent
  if (authorization === undefined) return { bearer: undefined, flaw: null }
  // Of two, whatever stands before the router may have looked at the other one.
  if (sent.length > 1) return { bearer: undefined, flaw: 'the request has more than one Authorization header' }
  const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1]
  return { bearer, flaw: bearer === undefined ? 'the Authorization header is not Bearer and one token' : null }
}
