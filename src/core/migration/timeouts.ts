/** How long a migration's statements may wait for a lock and run, in ms, where its file says so. */
export interface MigrationTimeouts {
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
}

const settings = { lock_timeout: 'lockTimeoutMs', statement_timeout: 'statementTimeoutMs' } as const
const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }
const longestMs = 86_400_000

const directive = /^\s*(?:--|\/\/)\s*dbsvc:\s*(lock_timeout|statement_timeout)\b[ \t]*=?[ \t]*(.*?)\s*$/gm

/**
 * Reads the lines `-- dbsvc: lock_timeout 30s` and `-- dbsvc: statement_timeout 10min` of a file, or the same behind `//`.
 * @throws RangeError for what is no time from 1 ms to 24 h, with PostgreSQL's units ms, s, min and h
 */
export function timeoutsIn(text: string): MigrationTimeouts {
  const found: { lockTimeoutMs?: number; statementTimeoutMs?: number } = {}
  for (const [, name, value = ''] of text.matchAll(directive)) {
    const [, count, unit = ''] = /^(\d+)\s*([a-z]+)$/.exec(value) ?? []
    const milliseconds = Number(count) * (units[unit] ?? Number.NaN)
    if (!(milliseconds >= 1 && milliseconds <= longestMs)) {
      throw new RangeError(`"${name} ${value}" is no time such as 30s; the units are ms, s, min and h`)
    }
    found[settings[name as keyof typeof settings]] = milliseconds
  }
  return found
}
