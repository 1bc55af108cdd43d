import { expect, test } from 'vitest'
import { DefinitionFaults, parseDefinitions } from '../../../../../src/engines/arango/migration/definitions.ts'
import { memberLines } from '../../../../../src/engines/arango/migration/lines.ts'

test('an operation is read with its defaults and the line that it begins on', () => {
  const text = `{
  "up": [
    { "createCollection": { "name": "users" } },

    {
      "dropGraph": { "name": "a \\" ]" }
    }
  ],
  "down": [{ "dropCollection": { "name": "users" } }]
}`
  expect(() => parseDefinitions(text)).toThrow('line 5: dropGraph.name')
  const { up, down } = parseDefinitions(text.replace('a \\" ]', 'net'))
  expect(up.map(({ line }) => line)).toEqual([3, 5])
  expect(down?.map(({ line }) => line)).toEqual([9])
  expect(up[0]?.operation).toEqual({
    name: 'createCollection',
    asked: {
      name: 'users',
      type: 'document',
      schema: null,
      computedValues: [],
      waitForSync: false,
      cacheEnabled: false,
      keyOptions: { type: 'traditional', allowUserKeys: true },
    },
  })
})

test('every fault of a file is reported at once', () => {
  const faulty = {
    up: [
      { createCollection: { name: '1', type: 'table' } },
      { createIndex: { collection: 'users', type: 'persistent', fields: [] } },
      { createCollection: { name: 'a' }, dropCollection: { name: 'a' } },
      {},
      'text',
      { changeCollection: { name: 'users' } },
    ],
  }
  const caught = ((): unknown => {
    try {
      return parseDefinitions(JSON.stringify(faulty))
    } catch (error) {
      return error
    }
  })()
  expect(caught).toBeInstanceOf(DefinitionFaults)
  for (const fault of [
    'createCollection.name: a name has letters',
    'createCollection.type: Invalid option',
    'createIndex.name: ',
    'createIndex.fields: ',
    'one operation is expected, found createCollection, dropCollection',
    'one operation is expected, found none',
    'an operation is an object',
    'changeCollection: nothing is changed',
  ]) {
    expect((caught as Error).message).toContain(fault)
  }
})

test.each([
  ['{"up": [1, [2, 3], {"up": [4, 5]}, "a]"]}', { up: [1, 1, 1, 1] }],
  ['{"allow": {"x": [1]},\n"up": [\n]\n}', {}],
  ['{"up": [\n\n1,\n2],\n"down":\n[\n3]}', { up: [3, 4], down: [7] }],
])('%j has its members on these lines', (text, lines) => {
  expect(Object.fromEntries(memberLines(text))).toEqual(lines)
})
