import { expect, test } from 'vitest'
import { attackTable } from '../../support/attack-report.ts'

test('the attempts of all files come to one row for each family on each engine, and say what their engine is not', () => {
  const attempts = [
    { family: 'router', engine: 'router', tried: 1, defeated: 1 },
    { family: 'clickhouse', engine: 'chdb', tried: 1, defeated: 1 },
    { family: 'router', engine: 'router', tried: 1, defeated: 0 },
    { family: 'router', engine: 'Connect', tried: 1, defeated: 1 },
  ]
  expect(attackTable(attempts).split('\n')).toEqual([
    'family      engine   tried  defeated',
    'clickhouse  chdb     1      1',
    'router      Connect  1      1',
    'router      router   2      1',
    'in all               4      3',
    'Defeated is what was refused, and succeeded with what holds it removed.',
    'chdb is ClickHouse as a library, without users of companies: what a server would refuse them was not tried.',
  ])
})
