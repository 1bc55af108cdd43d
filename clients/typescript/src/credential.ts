import { AuthenticationFailed } from './errors.ts'

/** What proves who asks. */
export interface Credential {
  /** For the header `authorization`; null where the client certificate says it. @throws AuthenticationFailed */
  authorization(): Promise<string | null>
  /** That this one was refused. @returns whether another may be had */
  refused(authorization: string | null): boolean
}

/** Gives a JWT. */
export type TokenSource = () => string | Promise<string>

export const keyCredential = (apiKey: string): Credential => fixed(`Bearer ${apiKey}`)

export const certificateCredential: Credential = fixed(null)

function fixed(authorization: string | null): Credential {
  return { authorization: async () => authorization, refused: () => false }
}

const renewMs = 30_000

/** Keeps a token until shortly before it ends: 30 s, or a quarter of what is left of it when it comes. Requests share one that is on its way. */
export function tokenCredential(source: TokenSource): Credential {
  let current: string | null = null
  let [endsAt, renewAt] = [0, 0]
  let coming: Promise<string> | null = null

  const renew = async (): Promise<string> => {
    try {
      const token = await source()
      endsAt = endOf(token)
      renewAt = endsAt - Math.min(renewMs, (endsAt - Date.now()) / 4)
      current = `Bearer ${token}`
      return current
    } catch (error) {
      if (current !== null && Date.now() < endsAt) return current
      throw new AuthenticationFailed('no token could be had', { cause: error })
    }
  }

  return {
    authorization: async () => {
      if (current !== null && Date.now() < renewAt) return current
      // A source may throw before it is waited for.
      coming ??= renew().finally(() => {
        coming = null
      })
      return coming
    },
    refused(authorization) {
      if (authorization === current) current = null
      return true
    },
  }
}

/** In ms since 1970; never where it does not say. The service checks it, not the client. */
function endOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const { exp } = claims as { readonly exp?: unknown }
    return typeof exp === 'number' ? exp * 1_000 : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
