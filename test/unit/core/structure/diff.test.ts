import { expect, test } from 'vitest'
import { diffStructures } from '../../../../src/core/structure/diff.ts'
import type { ObjectKind, StructureObject } from '../../../../src/core/structure/object.ts'

const object = (kind: ObjectKind, on: string, name: string, definition = ''): StructureObject => ({
  kind,
  on,
  name,
  definition,
})

test('given equal structures in another order, then there is no difference', () => {
  const objects = [object('table', '', 'a'), object('column', 'a', 'id', 'bigint')]
  expect(diffStructures(objects, objects.toReversed())).toEqual([])
})

test('given one thing less, one more and one otherwise, then each is a difference of its own', () => {
  const expected = [object('index', 'a', 'i', 'using btree (x)'), object('default', 'a', 'x', '1')]
  const found = [object('default', 'a', 'x', '2'), object('policy', 'a', 'p', 'using (true)')]
  expect(diffStructures(expected, found)).toEqual([
    { type: 'missing', expected: expected[0], found: null },
    { type: 'changed', expected: expected[1], found: found[0] },
    { type: 'extra', expected: null, found: found[1] },
  ])
})

test('given the same name on another table or of another kind, then it is another thing', () => {
  const differences = diffStructures([object('column', 'a', 'x', 'int')], [object('column', 'b', 'x', 'int')])
  expect(differences.map(({ type }) => type)).toEqual(['missing', 'extra'])
  expect(diffStructures([object('index', 'a', 'x')], [object('trigger', 'a', 'x')])).toHaveLength(2)
})
