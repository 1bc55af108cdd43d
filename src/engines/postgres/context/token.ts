import { hash, randomBytes } from 'node:crypto'
import type { StatementLimits } from '../../../core/company/tier.ts'
import { DbsvcError } from '../../../core/errors/error.ts'

/** Whom a request is for, and what it may cost; the database derives everything it runs under from these. */
export interface ContextClaims {
  /** `^[a-z][a-z0-9_]{0,47}$`. */
  readonly company: string
  /** Null where the request is for the whole company. */
  readonly user: string | null
  readonly service: string
  readonly limits: StatementLimits
  readonly mode: 'read' | 'write'
}

/** A key of one cluster; `keyId` is `^[a-z0-9]{1,16}$`, `secret` has 32 bytes. */
export interface SigningKey {
  readonly keyId: string
  readonly secret: Buffer
}

/** What ties a token to one session of one database for a short time. */
export interface TokenBinding {
  readonly database: string
  readonly backendPid: number
  /** Milliseconds since 1970 by the server's clock. */
  readonly expiresAtMs: number
}

/** No token lives longer, whatever `context.ttlMs` says; a key is kept that long after its last use. */
export const longestTtlMs = 60_000

export const secretBytes = 32
const blockBytes = 64
const longestNameBytes = 255

/** Makes a key at random. */
export function newSigningKey(): SigningKey {
  return { keyId: randomBytes(6).toString('hex'), secret: randomBytes(secretBytes) }
}

/** The two padded blocks of HMAC (RFC 2104), 64 bytes each, as dbsvc.context_keys holds them. */
export function paddedKey(secret: Buffer): { inner: Buffer; outer: Buffer } {
  const block = Buffer.alloc(blockBytes)
  secret.copy(block)
  return { inner: block.map((byte) => byte ^ 0x36) as Buffer, outer: block.map((byte) => byte ^ 0x5c) as Buffer }
}

/**
 * Signs a context for dbsvc.enter: the 14 fields that dbsvc.verify documents.
 * @throws DBS-1201 malformed company id; DBS-1601 an empty, over-long or unprintable user or service, a limit out of range
 */
export function signContext(claims: ContextClaims, binding: TokenBinding, key: SigningKey): string {
  const { company, user, service, limits, mode } = claims
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(company)) {
    throw DbsvcError.of('DBS-1201', { company, reason: 'it does not match ^[a-z][a-z0-9_]{0,47}$' })
  }
  const body = [
    '1',
    key.keyId,
    encode(binding.database),
    company,
    user === null ? '' : encode(nameOf('user', user)),
    encode(nameOf('service', service)),
    whole('statementTimeoutMs', limits.statementTimeoutMs, 1),
    whole('lockTimeoutMs', limits.lockTimeoutMs, 1),
    whole('workMemKb', limits.workMemKb, 64),
    whole('parallelWorkers', limits.parallelWorkers, 0),
    mode === 'write' ? 'w' : 'r',
    whole('backendPid', binding.backendPid, 1),
    whole('expiresAtMs', binding.expiresAtMs, 1),
  ].join('.')
  return `${body}.${hmacOf(body, key)}`
}

const pads = new WeakMap<SigningKey, ReturnType<typeof paddedKey>>()

/** HMAC-SHA-256 in hex, by two hashes over the padded key: crypto.createHmac takes most of its time to look at the key. */
function hmacOf(body: string, key: SigningKey): string {
  let pad = pads.get(key)
  if (pad === undefined) {
    pad = paddedKey(key.secret)
    pads.set(key, pad)
  }
  const inner = hash('sha256', Buffer.concat([pad.inner, Buffer.from(body, 'utf8')]), 'buffer')
  return hash('sha256', Buffer.concat([pad.outer, inner]), 'hex')
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

function nameOf(what: string, name: string): string {
  if (name === '') throw refused(`the ${what} is empty`)
  if (Buffer.byteLength(name) > longestNameBytes) throw refused(`the ${what} has more than ${longestNameBytes} bytes`)
  // Half a surrogate pair would be signed as U+FFFD, and so two names as one.
  if (!name.isWellFormed() || name.includes('\0')) throw refused(`the ${what} is not printable text`)
  return name
}

// A fraction or an exponent would bring a dot, and with it another field.
function whole(what: string, value: number, least: number): string {
  if (!Number.isSafeInteger(value) || value < least) {
    throw refused(`${what} is ${value}, not a whole number from ${least}`)
  }
  return String(value)
}

const refused = (reason: string): DbsvcError => DbsvcError.of('DBS-1601', { reason })
