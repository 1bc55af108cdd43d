import type { Alteration } from '../../../support/alterations.ts'
import type { StoreTechnique } from '../runner/stores.ts'
import type { ValkeyAttempt } from './keys.ts'

const names = 'engines/dragonfly/names.ts'
const gateway = 'server/stores/open-cache-gateway.ts'
// biome-ignore lint/suspicious/noTemplateCurlyInString: source text
const fromPrefix = '`t:${company}:`'

/** Takes the caller's text for the whole key. */
const withoutPrefix: readonly Alteration[] = [{ file: names, from: fromPrefix, to: `''` }]

/** Ends the prefix where the company's name ends. */
const withoutSeparator: readonly Alteration[] = [{ file: names, from: fromPrefix, to: fromPrefix.replace(':`', '`') }]

/** Sends lines, as telnet does, whose words and ends are those of the text. */
const inLines: readonly Alteration[] = [
  {
    file: gateway,
    from: 'all.getBuffer(prefixOf(company) + key)',
    to: `all.callBuffer(...('GET ' + prefixOf(company) + key).split(/\\r?\\n/).at(-1).split(' '))`,
  },
  { file: gateway, from: 'value === null || ttlMs === gone', to: 'value === null' },
]

const get = (keys: readonly string[]): Record<string, ValkeyAttempt> =>
  Object.fromEntries(keys.map((key) => [JSON.stringify(key), { path: 'get', body: { key } }]))
const ofKey = { entry: 'router', secret: 'a value of the victim', success: 'canary' } as const
const ofChange = {
  entry: 'router',
  secret: 'that a key of the victim changes',
  refusal: /^ok$/,
  success: /the victim has changed/,
} as const
// Behind the router's part stand the patterns of the company's own user; those are opened beside it.
const prefix = { mechanism: '~*', alterations: withoutPrefix } as const
const separator = { mechanism: '~*', alterations: withoutSeparator } as const

/** `V:` is the victim's prefix; `S:` what its company's name has more than the attacker's, and the separator. */
export const techniques: readonly StoreTechnique<ValkeyAttempt>[] = [
  {
    ...ofKey,
    ...prefix,
    name: 'read a key of another company by its whole name',
    refusal: /^ok$/,
    variants: {
      alone: { path: 'get', body: { key: 'V:text' } },
      'among others': { path: 'get_many', body: { keys: ['text', 'V:text'] } },
      'many times': { path: 'get_many', body: { keys: ['V:text', 'V:text', 'V:none'] } },
    },
  },
  {
    ...ofChange,
    ...prefix,
    name: 'change a key of another company by its whole name',
    variants: {
      set: { path: 'set', body: { key: 'V:text', value: 'x' } },
      'set a new one': { path: 'set', body: { key: 'V:planted', value: 'x', only_if_absent: true } },
      'set with an end': { path: 'set', body: { key: 'V:count', value: 1, ttl_ms: 60_000 } },
      increment: { path: 'increment', body: { key: 'V:count' } },
      delete: { path: 'delete', body: { key: 'V:text' } },
      'delete among others': { path: 'delete', body: { keys: ['none', 'V:list', 'V:hash'] } },
    },
  },
  {
    ...ofKey,
    ...separator,
    name: 'read a key of a company whose name begins alike',
    refusal: /^ok$/,
    variants: {
      alone: { path: 'get', body: { key: 'S:text' } },
      'among others': { path: 'get_many', body: { keys: ['S:text', 'own'] } },
    },
  },
  {
    ...ofChange,
    ...separator,
    name: 'change a key of a company whose name begins alike',
    variants: {
      set: { path: 'set', body: { key: 'S:text', value: 'x' } },
      increment: { path: 'increment', body: { key: 'S:count', by: '9223372036854775806' } },
      delete: { path: 'delete', body: { key: 'S:text' } },
    },
  },
  {
    ...ofKey,
    mechanism: '~*',
    alterations: inLines,
    name: 'end the command within a key, and send another',
    refusal: /^ok$/,
    variants: get([
      'x\r\nGET V:text',
      '\r\nGET V:text',
      'x\nGET V:text',
      '\r\n\r\nGET V:text',
      'x\r\nGETRANGE V:text 0 -1',
      'x\r\nGETEX V:text',
      'x\r\nHGET V:hash field',
      'x\r\nLINDEX V:list 0',
      'x\r\nSRANDMEMBER V:set',
      'x\r\nMULTI\r\nGET V:text',
    ]),
  },
  {
    ...ofChange,
    mechanism: '~*',
    alterations: inLines,
    name: 'end the command within a key, and change something',
    variants: get(['x\r\nGETDEL V:text', 'x\r\nGETSET V:text x', 'x\nLPOP V:list', '\r\nRPOP V:list', 'x\nSPOP V:set']),
  },
]

/** Keys that a server or a client might read otherwise than as the bytes they are; it takes more than one fault for that. */
export const strangeKeys: readonly StoreTechnique<ValkeyAttempt>[] = [
  {
    ...ofKey,
    name: 'hide the name of a key in another',
    mechanism: 'a key is bytes behind the prefix',
    refusal: /^ok$/,
    variants: get([
      '\0V:text',
      'V:text\0',
      '\0\r\n$11\r\nV:text',
      '*2\r\n$3\r\nGET\r\n$11\r\nV:text\r\n',
      '../ab_c:text',
      '../../V:text',
      '*',
      'V:*',
      't:*',
      't:ab?c:text',
      't:ab[_]c:text',
      '{V:text}',
      '{t:ab_c}:text',
      '}ab_c:text',
      ':text:V:text',
      ':V:text',
      '\u202eV:text',
      'V\u200b:text',
      't\uff1aab_c\uff1atext',
      'T:AB_C:TEXT',
      '\u001b[2JV:text',
      '\b\b\b\b\b\bV:text',
      '%00V:text',
      '%0d%0aGET V:text',
      'dbsvc:budgets',
    ]),
  },
  {
    entry: 'router',
    name: 'send what is no key',
    mechanism: 'the check of keys',
    secret: 'a value of the victim',
    refusal: /^400$/,
    success: 'canary',
    variants: {
      ...get(['', '\ud800V:text', `${'k'.repeat(1_025)}V:text`]),
      'a list': { path: 'get', body: { key: ['V:text'] } },
      'an object': { path: 'get', body: { key: { toString: 'V:text' } } },
      'a company beside it': { path: 'get', body: { key: 'text', company: 'ab_c' } },
      'a company in the message': { path: 'get', body: { key: 'text', tenant: { company_id: 'ab_c' } } },
      'a database beside it': { path: 'get', body: { key: 'text', db: 1 } },
      'a condition beside it': { path: 'set', body: { key: 'text', value: 1, get: true } },
    },
  },
]
