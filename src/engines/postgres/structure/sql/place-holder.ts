import { placeOf } from '../../../../core/company/id.ts'

const token = '{company}'

/** Whether the statement names the company, which a migration for all of them cannot do as it stands. */
export const namesCompany = (sql: string): boolean => sql.includes(token)

/** A statement of a plpgsql body, in which `{company}` becomes the company that the migration is running for. */
export function renderInBody(sql: string): string {
  if (!namesCompany(sql))
    return isOneStatement(sql) ? `${sql.replace(/^select /, 'perform ')};` : `execute ${quote(sql)};`
  return `execute replace(${quote(sql)}, '${token}', substr(current_schema(), ${placeOf('').length + 1}));`
}

/** The same as a statement by itself. */
export function renderAlone(sql: string): string {
  return namesCompany(sql) ? `do ${quote(`begin ${renderInBody(sql)} end`, 'do')};` : `${sql};`
}

/** Quotes with dollars, by a tag that the text does not have. */
export function quote(text: string, name = 'sql'): string {
  let tag = `$${name}$`
  for (let n = 2; text.includes(tag); n += 1) tag = `$${name}${n}$`
  return `${tag}${text}${tag}`
}

/** plpgsql ends a statement at the first semicolon outside quotes, and takes INTO for its own. */
function isOneStatement(sql: string): boolean {
  const bare = sql.replaceAll(/(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'|"[^"]*"/g, "''")
  return !/;|\binto\b|\batomic\b/i.test(bare)
}
