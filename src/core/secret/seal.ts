import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Seals secrets at rest. */
export interface SealingKey {
  /** Of the key's own digest: tells keys apart, and nothing of the key. */
  readonly id: string
  /** 32. */
  readonly bytes: Buffer
}

const format = 'dbsvc-sealed-1'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** @param text 32 bytes in base64, such as `openssl rand -base64 32` prints @returns null for anything else */
export function sealingKeyOf(text: string): SealingKey | null {
  const bytes = Buffer.from(text.trim(), 'base64')
  if (bytes.length !== keyBytes || bytes.toString('base64') !== text.trim()) return null
  return { id: createHash('sha256').update('dbsvc sealing key').update(bytes).digest('hex').slice(0, 12), bytes }
}

/** AES-256-GCM: `dbsvc-sealed-1:<key id>:<nonce, ciphertext and tag in base64>`. Bound to `name`, so that no two files can change places. */
export function seal(text: string, name: string, { id, bytes }: SealingKey): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce)
  cipher.setAAD(boundTo(id, name))
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${format}:${id}:${sealed.toString('base64')}\n`
}

/** The id of the key that a text is sealed with; null where it is not sealed. */
export const sealedWith = (text: string): string | null => /^dbsvc-sealed-1:([0-9a-f]{12}):/.exec(text)?.[1] ?? null

/** @throws where the text was sealed under another name or with another key, or was changed since */
export function unseal(sealed: string, name: string, { id, bytes }: SealingKey): string {
  const body = Buffer.from(sealed.slice(`${format}:${id}:`.length), 'base64')
  if (body.length < nonceBytes + tagBytes) throw new Error('it is cut off')
  const decipher = createDecipheriv('aes-256-gcm', bytes, body.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(boundTo(id, name))
  decipher.setAuthTag(body.subarray(-tagBytes))
  return decipher.update(body.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
}

const boundTo = (id: string, name: string): Buffer => Buffer.from(`${format}:${id}:${name}`)
