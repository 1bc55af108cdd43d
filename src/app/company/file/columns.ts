import { fields, limitNames, unknown } from './spec.ts'

/** Where a cell of a column goes in what is said of a company. */
export interface Column {
  put(value: Record<string, unknown>, cell: string): void
}

const plain = fields.filter((field) => field !== 'labels' && field !== 'limits')
const known = [...plain, ...limitNames.map((limit) => `limit.${limit}`), 'label.<key>']

/** The columns a header names, or why it cannot be one. */
export function readHeader(names: readonly string[]): { readonly columns: Column[] } | { readonly reason: string } {
  const columns: Column[] = []
  for (const [index, name] of names.entries()) {
    const column = columnOf(name)
    if (column === undefined) return { reason: unknown('column', name, known) }
    if (names.indexOf(name) < index) return { reason: `column ${JSON.stringify(name)} stands there twice` }
    columns.push(column)
  }
  return names.includes('company') ? { columns } : { reason: 'there is no column "company"' }
}

function columnOf(name: string): Column | undefined {
  if (name === 'login') return { put: (value, cell) => Object.assign(value, { login: truths[cell] ?? cell }) }
  if (plain.includes(name)) return { put: (value, cell) => Object.assign(value, { [name]: cell }) }
  const [, group, key = ''] = /^(label|limit)\.(.+)$/.exec(name) ?? []
  if (group === 'label') return { put: (value, cell) => putInto(value, 'labels', key, cell) }
  if (group !== 'limit' || !limitNames.includes(key)) return undefined
  return { put: (value, cell) => putInto(value, 'limits', key, /^-?\d+$/.test(cell) ? Number(cell) : cell) }
}

// What is neither is left as it is, and refused where all is judged.
const truths: Readonly<Record<string, boolean>> = { true: true, false: false }

function putInto(value: Record<string, unknown>, group: 'labels' | 'limits', key: string, cell: string | number): void {
  value[group] = { ...(value[group] as object | undefined), [key]: cell }
}
