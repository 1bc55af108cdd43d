import { hash, randomBytes } from 'node:crypto'

/** A key as it is given out once, with what the database keeps of it. */
export interface NewApiKey {
  /** `dbk_` and 43 characters of base64url: 32 random bytes. */
  readonly key: string
  readonly keyId: string
  readonly digest: Buffer
  /** The end of the key, by which its holder tells which one it is. */
  readonly lastFour: string
}

export const apiKeyPattern = /^dbk_[A-Za-z0-9_-]{43}$/

const keyIdBytes = 4

export function newApiKey(): NewApiKey {
  const secret = randomBytes(32).toString('base64url')
  const key = `dbk_${secret}`
  // Its own random bytes, so that the name tells nothing of the secret.
  return { key, keyId: randomBytes(keyIdBytes).toString('hex'), digest: digestOf(key), lastFour: key.slice(-4) }
}

/** SHA-256 suffices for 256 random bits: there is nothing to guess. */
export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer')
