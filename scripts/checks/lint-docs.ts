import { rules } from '../../src/engines/postgres/lint/rules/index.ts'
import { storeEngines } from '../../src/engines/registry.ts'
import { sectionsOf } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

const page = 'docs/lint.md'
// A bare <name> would be HTML to a reader of Markdown.
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('\\<', '<')
const sections = new Map(
  [...sectionsOf(await textOf(page), 3)].map(([heading, text]) => [heading.replaceAll('`', ''), inOneLine(text)]),
)

const missing = rules.flatMap(({ id, severity, tenantSeverity, summary, why, mend }) => {
  const text = sections.get(id)
  if (text === undefined) return [`${page}: no section ### \`${id}\``]
  const tenant = tenantSeverity === undefined ? '' : `, in tenant scope ${tenantSeverity}`
  return [`**${severity}${tenant}** ${summary}`, why, `Instead: ${mend}`]
    .filter((words) => !text.includes(inOneLine(words)))
    .map((words) => `${page}: ${id} does not say "${words}"`)
})
const stale = [...sections.keys()]
  .filter((heading) => !rules.some(({ id }) => id === heading))
  .map((id) => `${page}: there is no rule ${id}`)

// The other engines list theirs in pages of their own.
const others = (
  await Promise.all(
    storeEngines.map(async ({ name, linter }) => {
      const text = inOneLine(await textOf(`docs/${name}.md`))
      const own = (await linter?.())?.rules ?? []
      return own.filter(({ id }) => !text.includes(`\`${id}\``)).map(({ id }) => `docs/${name}.md: no rule \`${id}\``)
    }),
  )
).flat()

report([...missing, ...stale, ...others])
