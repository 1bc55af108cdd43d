import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { DbsvcError } from '../../core/errors/error.ts'
import { mayLoseDigits, parseExactly } from '../exact-json.ts'
import { refuseDeep } from './nesting.ts'
import { isObject, malformed } from './read.ts'

// What is a value of the caller's own, and what holds such.
const values = ['params', 'value', 'config_value', 'rows']
const holders = ['statements', 'postgresql', 'clickhouse', 'dragonflydb']

/** JSON whose values keep every digit of their numbers, as raw JSON; the fields around them are plain numbers. */
export function addJsonParser(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, parseBody(textOf(bytes as Buffer)))
    } catch (error) {
      // What the parser says could quote the message.
      done(error instanceof DbsvcError ? error : malformed('the message is no JSON that can be read'))
    }
  })
}

/** Read leniently, different bytes would become the same text: one user for two, one key for two. */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw malformed('the message is no UTF-8')
  return bytes.toString('utf8')
}

function parseBody(text: string): unknown {
  refuseDeep(text)
  const plain: unknown = JSON.parse(text)
  if (mayLoseDigits(text)) keepDigits(plain, parseExactly(text))
  return plain
}

function keepDigits(plain: unknown, exact: unknown): void {
  if (!isObject(plain) || !isObject(exact)) return
  for (const name of values) if (Object.hasOwn(plain, name)) plain[name] = exact[name]
  for (const name of holders) {
    const [inner, digits] = [plain[name], exact[name]]
    if (Array.isArray(inner) && Array.isArray(digits)) inner.forEach((each, at) => void keepDigits(each, digits[at]))
    else keepDigits(inner, digits)
  }
}
