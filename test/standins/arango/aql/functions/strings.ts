import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Json } from '../../json.ts'
import { toNumber, toText } from '../values.ts'
import { aqlFunction, type Family, many } from './function.ts'

/** Functions that make text of text. */
export const strings: Family = {
  CONCAT: aqlFunction(1, many, (args) => pieces(args).join('')),
  CONCAT_SEPARATOR: aqlFunction(2, many, ([separator = null, ...args]) => pieces(args).join(toText(separator))),
  LOWER: ofText((text) => text.toLowerCase()),
  UPPER: ofText((text) => text.toUpperCase()),
  TRIM: aqlFunction(1, 2, ([text = null, type = null]) => trim(toText(text), type)),
  LTRIM: aqlFunction(1, 2, ([text = null, characters = null]) => trim(toText(text), characters ?? 1, 'left')),
  RTRIM: aqlFunction(1, 2, ([text = null, characters = null]) => trim(toText(text), characters ?? 2, 'right')),
  SUBSTRING: aqlFunction(2, 3, ([text = null, start = null, length = null]) => {
    const rest = [...toText(text)].slice(toNumber(start))
    return (length === null ? rest : rest.slice(0, toNumber(length))).join('')
  }),
  LEFT: aqlFunction(2, 2, ([text = null, length = null]) => [...toText(text)].slice(0, toNumber(length)).join('')),
  RIGHT: aqlFunction(2, 2, ([text = null, length = null]) => {
    const count = toNumber(length)
    return count === 0 ? '' : [...toText(text)].slice(-count).join('')
  }),
  REPEAT: aqlFunction(2, 3, ([text = null, times = null, separator = null]) =>
    Array.from({ length: toNumber(times) }, () => toText(text)).join(toText(separator)),
  ),
  TO_BASE64: ofText((text) => Buffer.from(text).toString('base64')),
  TO_HEX: ofText((text) => Buffer.from(text).toString('hex')),
  ENCODE_URI_COMPONENT: ofText(encodeURIComponent),
  MD5: hash('md5'),
  SHA1: hash('sha1'),
  SHA256: hash('sha256'),
  SHA512: hash('sha512'),
  UUID: aqlFunction(0, 0, () => randomUUID()),
  RANDOM_TOKEN: aqlFunction(1, 1, ([length = null]) =>
    randomBytes(toNumber(length)).toString('base64url').slice(0, toNumber(length)),
  ),
}

function ofText(call: (text: string) => string): Family[string] {
  return aqlFunction(1, 1, ([value = null]) => call(toText(value)))
}

function hash(algorithm: string): Family[string] {
  return ofText((text) => createHash(algorithm).update(text).digest('hex'))
}

/** Lists are taken apart, null is left out. */
function pieces(args: readonly Json[]): string[] {
  return args
    .flat()
    .filter((value) => value !== null)
    .map((value) => toText(value as Json))
}

/** `how` is 0 for both sides, 1 for the left, 2 for the right, or the characters to take away. */
function trim(text: string, how: Json, side: 'left' | 'right' | 'both' = 'both'): string {
  if (typeof how !== 'string') {
    if (how === 1) return text.trimStart()
    return how === 2 ? text.trimEnd() : text.trim()
  }
  const characters = [...text]
  const first = side === 'right' ? 0 : characters.findIndex((character) => !how.includes(character))
  const last =
    side === 'left' ? characters.length - 1 : characters.findLastIndex((character) => !how.includes(character))
  return first < 0 ? '' : characters.slice(first, last + 1).join('')
}
