import { type Attempt, ask, type RouterMechanism, type RouterTechnique } from '../runner/router-technique.ts'

const file = 'engines/postgres/guard/bounds.ts'

/** And what an honest caller is told after it. */
const askBefore =
  (text: string): Attempt =>
  async (attacker) => {
    const told = await ask(attacker, { body: { sql: text } }).catch((error: Error) => error.message)
    const after = await ask(attacker, {}).catch((error: Error) => error.message)
    return `${told.slice(0, 1_000)} afterwards ${after.slice(0, 3)}`
  }

const nested: RouterMechanism = {
  name: 'bounds of what the parser is given',
  alterations: [{ file, from: 'if (text.length <= harmlessLength) return null', to: 'if (text !== "") return null' }],
}
const longest: RouterMechanism = {
  name: 'the longest statement',
  alterations: [{ file, from: 'if (text.length > longest) return', to: 'if (text.length < 0) return' }],
}

export const techniques: readonly RouterTechnique[] = [
  {
    name: 'nest a statement by the thousand',
    secret: 'stack and processors that others need',
    refusal: /DBS-2202.*nested.* afterwards 200$/,
    mechanism: nested,
    // The server has been given it.
    success: /^200|"sqlState":"5400[01]"/,
    variants: {
      'a sum': askBefore(`select 1${' + 1'.repeat(9_000)}`),
      negations: askBefore(`select ${'- '.repeat(9_000)}1`),
      conjunctions: askBefore(`select true${' and (true or true)'.repeat(10_000)}`),
      arrays: askBefore(`select ${'array['.repeat(4_000)}1${']'.repeat(4_000)}`),
      unions: askBefore(`select 1${' union all select 1'.repeat(12_000)}`),
    },
  },
  {
    name: 'send a giant statement',
    secret: 'memory and processors that others need',
    refusal: /DBS-2202.*longer than/,
    mechanism: longest,
    success: /^200 .* afterwards 200$/s,
    variants: {
      'a long text': askBefore(`select '${'x'.repeat(500_000)}'`),
      'a long comment': askBefore(`select 1 /* ${'x'.repeat(500_000)} */`),
      'many values': askBefore(`select 1 in (${'1,'.repeat(200_000)}1)`),
    },
  },
]
