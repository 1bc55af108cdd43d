import { expect, test } from 'vitest'
import { readDocument } from '../../../../src/engines/weaviate/migration/document.ts'
import { elementLines } from '../../../../src/engines/weaviate/migration/position.ts'
import { renewed } from '../../../../src/engines/weaviate/migration/renew.ts'
import { sideBySide } from '../../../../src/engines/weaviate/migration/side-by-side.ts'
import { generateUuid } from '../../../../src/engines/weaviate/uuid.ts'

const faultsOf = (text: string): string[] => {
  const read = readDocument(text)
  return 'faults' in read ? read.faults.map(({ line, problem }) => `${line ?? '-'} ${problem}`) : []
}

test.each([
  '',
  'null',
  '[]',
  '7',
  '{',
  '{"up": {}}',
  '{"up": [null, 3, [], {}, {"createClas": {}}]}',
  '{"up": [{"createClass": 1}]}',
])('given %j, then it says what is wrong and does not throw', (text) => {
  expect(faultsOf(text).length).toBeGreaterThan(0)
})

test('tells all faults with their lines, and what was meant', () => {
  const text = `{
  "up": [
    {"createClass": {"class": "lower", "replicas": 3}},
    {
      "addProperty": {"class": "A", "property": {"name": "id", "dataType": []}}
    },
    {"creatAlias": {"alias": "A"}}
  ],
  "down": [{"removeClass": "A", "removeAlias": "B"}]
}`
  const faults = faultsOf(text)
  expect(faults).toHaveLength(6)
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['3', '3', '4', '4', '7', '9'])
  expect(faults.join('\n')).toContain('did you mean createAlias?')
})

test('finds the lines of elements past strings with brackets and of nested arrays', () => {
  const text = '{"x": ["]", "\\"}"],\n"up": [\n{"a": [1,\n2]},\n"},", 4\n],\n"down": []}'
  expect(elementLines(text, 'up')).toEqual([3, 5, 5])
  expect(elementLines(text, 'down')).toEqual([])
})

test('an object of the new class has its properties renamed, and leads to the new class where it led to the old one', () => {
  const object = {
    class: 'A',
    id: '1',
    tenant: 't',
    properties: { one: 1, two: 2, next: [{ beacon: 'weaviate://localhost/A/9', href: '/x' }] },
    vectors: { kept: [1], gone: [2] },
  }
  const to = { class: 'B', vectorConfig: { kept: { vectorizer: {} } } }
  expect(renewed(object, { alias: 'X', from: 'A', to, rename: { one: 'first' }, drop: ['two'] })).toEqual({
    class: 'B',
    id: '1',
    tenant: 't',
    properties: { first: 1, next: [{ beacon: 'weaviate://localhost/B/9' }] },
    vectors: { kept: [1] },
  })
})

test('puts the same ids of two lists side by side', async () => {
  async function* list(...ids: string[]) {
    for (const id of ids) yield { id }
  }
  const pairs: string[] = []
  for await (const { left, right } of sideBySide(list('a', 'b', 'd'), list('b', 'c', 'd', 'e'))) {
    pairs.push(`${left?.id ?? '-'}${right?.id ?? '-'}`)
  }
  expect(pairs).toEqual(['a-', 'bb', '-c', 'dd', '-e'])
})

test('a uuid of version 5 is that of any other implementation', () => {
  // Python: uuid.uuid5(uuid.NAMESPACE_URL, 'http://python.org')
  expect(generateUuid('http://python.org')).toBe('50960143-e2b7-5b7a-9ca7-05375f51d5c1')
})
