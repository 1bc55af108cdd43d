import { expect, test } from 'vitest'
import { digestHistory } from '../../../../src/core/migration/history.ts'
import { movesFor, parseSquashed, renderSquashed, splitAt } from '../../../../src/core/migration/squash.ts'

const migration = (name: string) => ({ name, checksum: name.padEnd(64, '0').replaceAll(/[^0-9a-f]/g, 'a') })
const [one, two, three, four] = ['0001_a', '0002_b', '0003_c', '0004_d'].map(migration) as [
  ReturnType<typeof migration>,
  ReturnType<typeof migration>,
  ReturnType<typeof migration>,
  ReturnType<typeof migration>,
]

test('given what a baseline stands for, when it is written into its text, then it is read back from there', () => {
  const text = ['-- a heading', ...renderSquashed([one, two]), '-- Up Migration', 'select 1;'].join('\n')
  expect(parseSquashed(text)).toEqual([one, two])
})

test('given later migrations, then a target moves from wherever after the squashed ones it stands', () => {
  const baseline = migration('0002_baseline')
  expect(movesFor([one, two], baseline, [three, four])).toEqual([
    { from: digestHistory([one, two]), to: digestHistory([baseline]) },
    { from: digestHistory([one, two, three]), to: digestHistory([baseline, three]) },
    { from: digestHistory([one, two, three, four]), to: digestHistory([baseline, three, four]) },
  ])
})

test('given a squashed file that sorts behind the baseline, then it is still one of those before it', () => {
  const file = (name: string) => ({
    ...migration(name),
    scope: 'tenant' as const,
    version: name.slice(0, 4),
    path: name,
  })
  const files = ['0001_a', '0002_baseline', '0002_color', '0003_c'].map(file)
  const { before, after } = splitAt(files, file('0002_baseline'), [file('0001_a'), file('0002_color')])
  expect(before.map(({ name }) => name)).toEqual(['0001_a', '0002_color'])
  expect(after.map(({ name }) => name)).toEqual(['0003_c'])
})
