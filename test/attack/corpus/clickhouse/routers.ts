import type { Alteration } from '../../../support/alterations.ts'

/** Sends whatever it is given, a reading statement too as one that may do everything. */
export const withoutGuard: readonly Alteration[] = [
  {
    file: 'engines/clickhouse/query/guard.ts',
    from: 'const tokens = onlyStatement(sql)',
    to: "return /^[(\\s]*(?:select|with|show|describe|exists|explain)/i.test(sql) ? 'read' : 'write'\n  const tokens = []",
  },
  { file: 'engines/clickhouse/query/read.ts', from: '...options.settings, ...readonly }', to: '...options.settings }' },
]
