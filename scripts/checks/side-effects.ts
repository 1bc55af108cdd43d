import { report } from '../support/problems.ts'
import { textOf, trackedFiles } from '../support/repository.ts'

/** What import rules cannot see: globals. */
const rules = [
  {
    inside: /^src\/(?!output\/|cli\.ts$)/,
    forbidden: /\bprocess\.(stdout|stderr)\b|\bconsole\./,
    why: 'only src/output and src/cli.ts write to the streams',
  },
  {
    inside: /^src\/core\//,
    forbidden: /\b(process\.|Date\.now\(|new Date\(\)|Math\.random\(|performance\.|setTimeout\(|fetch\()/,
    why: 'core/ has no clock, no chance and no process',
  },
]

const sources = (await trackedFiles()).filter((path) => /^src\/.*\.ts$/.test(path))
const problems = await Promise.all(
  sources.map(async (path) => {
    const lines = (await textOf(path)).split('\n')
    return rules
      .filter(({ inside }) => inside.test(path))
      .flatMap(({ forbidden, why }) =>
        lines.flatMap((line, index) => (forbidden.test(line) ? [`${path}:${index + 1}: ${why}`] : [])),
      )
  }),
)
report(problems.flat())
