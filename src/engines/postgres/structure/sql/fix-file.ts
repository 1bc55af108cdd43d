import { placeOf } from '../../../../core/company/id.ts'
import type { Mending } from './mend.ts'
import { quote, renderInBody } from './place-holder.ts'

/** Companies that are mended in the same way; one empty id stands for the shared scope. */
export interface Fix {
  readonly companies: readonly string[]
  readonly mending: Mending
}

/**
 * A migration that mends the companies it names and passes all others by, so that it can be rolled out like any other. Each is
 * held against its own schema's name, since the file is the same for all.
 */
export function renderFixFile(heading: readonly string[], fixes: readonly Fix[], notes: readonly string[]): string {
  return [
    '-- Up Migration',
    ...heading.map(comment),
    ...fixes.flatMap((fix) => ['', ...renderFix(fix)]),
    ...(notes.length === 0 ? [] : ['', ...notes.map(comment)]),
    '',
    '-- Down Migration',
    comment('What was mended is not broken again.'),
    '',
  ].join('\n')
}

function renderFix({ companies, mending }: Fix): string[] {
  const comments = [
    ...companies.filter((company) => company !== '').map((company) => comment(company)),
    ...mending.notes.map((note) => comment(`not derived: ${note}`)),
  ]
  if (mending.asAdmin.length === 0 && mending.asOwner.length === 0) return comments
  const body = ['begin', ...guard(companies).map(indent), ...statements(mending).map(indent), 'end'].join('\n')
  return [...comments, `do ${quote(`\n${body}\n`, 'mend')};`]
}

function guard(companies: readonly string[]): string[] {
  if (companies.includes('')) return []
  const schemas = companies.map((company) => `'${placeOf(company)}'`)
  return [`if current_schema() not in (${schemas.join(', ')}) then`, '  return;', 'end if;']
}

function statements({ asAdmin, asOwner }: Mending): string[] {
  const first = asAdmin.length === 0 ? [] : ['reset role;', ...asAdmin.map(renderInBody), 'set local role dbsvc_owner;']
  return [...first, ...asOwner.map(renderInBody)]
}

// The further lines of a function's body or of a text are its own.
const indent = (sql: string): string => `  ${sql}`

/** One line, whatever a name or a body holds: what came after a line break would run, or end the way up. */
const comment = (text: string): string => `-- ${text.replaceAll(/\s+/g, ' ')}`.trimEnd()
