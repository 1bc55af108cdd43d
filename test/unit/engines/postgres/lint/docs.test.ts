import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { rules } from '../../../../../src/engines/postgres/lint/rules/index.ts'
import { suppressionWithoutReason } from '../../../../../src/engines/postgres/lint/rules/suppression-without-reason.ts'
import { unusedSuppression } from '../../../../../src/engines/postgres/lint/rules/unused-suppression.ts'
import { lint, type Migrations } from './given-migrations.ts'

const page = await readFile(new URL('../../../../../docs/lint.md', import.meta.url), 'utf8')

/** Before "Instead:" a section of docs/lint.md shows what is found, after it the files that change. */
test.each(
  rules.map((rule) => [rule.id, rule] as const),
)('given the example of %s, then it is as said', async (id, rule) => {
  const [bad = '', good = ''] = sectionOf(id).split('\nInstead: ')
  const before = migrationsIn(bad)
  const after = migrationsIn(good)
  const kept = Object.entries(before).filter(
    ([path]) => !Object.keys(after).some((other) => stem(other) === stem(path)),
  )
  // Suppressions are judged against all rules.
  const isAboutComments = rule === unusedSuppression || rule === suppressionWithoutReason
  const chosen = isAboutComments ? rules : [rule]
  const idsIn = async (migrations: Migrations): Promise<string[]> =>
    (await lint(chosen, migrations)).map((found) => found.rule)

  expect(await idsIn(before)).toContain(id)
  expect(await idsIn({ ...Object.fromEntries(kept), ...after })).not.toContain(id)
})

function sectionOf(id: string): string {
  const [, rest = ''] = page.split(`\n### \`${id}\`\n`)
  return rest.split(/\n##+ /)[0] ?? ''
}

/** Each file of a code block begins with a comment that names it. */
function migrationsIn(text: string): Migrations {
  const blocks = [...text.matchAll(/```(?:sql|ts)\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const files = blocks.flatMap((block) => block.split(/^(?=(?:--|\/\/) (?:shared|tenant)\/)/m))
  return Object.fromEntries(
    files.map((file) => {
      const [heading = '', ...lines] = file.split('\n')
      return [heading.replace(/^(--|\/\/) /, ''), lines.join('\n')]
    }),
  )
}

const stem = (path: string): string => path.replace(/\.\w+$/, '')
