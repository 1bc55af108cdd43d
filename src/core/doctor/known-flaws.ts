/** A hole in PostgreSQL's server that a company can use with plain SQL: without an extension, and without a right to make objects. */
interface Fix {
  readonly cve: string
  readonly what: string
  /** The first minor release with it, by major; a major that is not named never had the hole. */
  readonly since: Readonly<Record<number, number>>
}

// One release each, as published together; what came out with it before 15 is not supported here.
const november2024 = { 15: 9, 16: 5, 17: 1 }
const february2025 = { 15: 11, 16: 7, 17: 3 }
const august2025 = { 15: 14, 16: 10, 17: 6 }
const february2026 = { 15: 16, 16: 12, 17: 8, 18: 2 }
const may2026 = { 15: 18, 16: 14, 17: 10, 18: 4 }
const august2026 = { 15: 19, 16: 15, 17: 11, 18: 6 }

// Source: https://www.postgresql.org/support/security/ and the records of https://github.com/CVEProject/cvelistV5
const fixes: readonly Fix[] = [
  {
    cve: 'CVE-2024-10976',
    what: 'row security of a table below a subquery can be that of another role',
    since: november2024,
  },
  {
    cve: 'CVE-2024-10978',
    what: 'SET ROLE and SET SESSION AUTHORIZATION can leave another role than was meant',
    since: november2024,
  },
  {
    cve: 'CVE-2025-1094',
    what: 'quoting of text that is no valid encoding lets SQL in',
    since: february2025,
  },
  { cve: 'CVE-2025-8713', what: 'statistics show samples of rows that row security hides', since: august2025 },
  { cve: 'CVE-2026-2003', what: 'oidvector shows memory of the server', since: february2026 },
  { cve: 'CVE-2026-2006', what: 'text in a multibyte encoding runs code in the server', since: february2026 },
  { cve: 'CVE-2026-6473', what: 'large inputs write out of bounds in the server', since: may2026 },
  { cve: 'CVE-2026-14662', what: 'large tsvector and tsquery write out of bounds in the server', since: august2026 },
  { cve: 'CVE-2026-14664', what: 'a regular expression runs code in the server', since: august2026 },
  { cve: 'CVE-2026-14669', what: 'to_char with a chosen time zone runs code in the server', since: august2026 },
  {
    cve: 'CVE-2026-14680',
    what: 'functions with arguments of type internal run code in the server',
    since: august2026,
  },
  { cve: 'CVE-2026-16239', what: 'a cursor that is made anew runs code in the server', since: august2026 },
]

export interface KnownFlaws {
  /** Such as `17.3`. */
  readonly version: string
  readonly flaws: readonly Pick<Fix, 'cve' | 'what'>[]
  /** The minor release that has all of them closed. */
  readonly closedIn: string
}

/** What this server is known to get wrong of what isolation rests on; null where nothing is. @param versionNumber server_version_num */
export function knownFlawsOf(versionNumber: number): KnownFlaws | null {
  const [major, minor] = [Math.floor(versionNumber / 10_000), versionNumber % 10_000]
  const flaws = fixes.filter(({ since }) => minor < (since[major] ?? 0))
  if (flaws.length === 0) return null
  const closing = Math.max(...flaws.map(({ since }) => since[major] ?? 0))
  return { version: `${major}.${minor}`, flaws, closedIn: `${major}.${closing}` }
}
