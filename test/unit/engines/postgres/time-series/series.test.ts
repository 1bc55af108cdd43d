import { expect, test } from 'vitest'
import { placeOfSeries, renderArguments, renderHold } from '../../../../../src/engines/postgres/time-series/series.ts'

test('a series of a company holds that company, and a shared one the shared scope', () => {
  expect(renderHold({ schema: 'tenant_company_abc', name: 'quotes' })).toBe(
    `select dbsvc.hold('postgres', 'main', 'tenant', 'company_abc');`,
  )
  expect(renderHold({ schema: 'public', name: 'ticks' })).toBe(`select dbsvc.hold('postgres', 'main', 'shared', '');`)
})

test('names are quoted, whatever is in them', () => {
  const series = { schema: 'public', name: `o'r"s` }
  expect(placeOfSeries(series)).toBe(`"public"."o'r""s"`)
  expect(renderArguments(series)).toBe(`'public', 'o''r"s'`)
})
