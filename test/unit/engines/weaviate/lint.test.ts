import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProjectScope } from '../../../../src/core/migration/scope.ts'
import { lintWeaviate } from '../../../../src/engines/weaviate/lint/lint.ts'
import { rules } from '../../../../src/engines/weaviate/lint/rules/index.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const safe = { class: 'ThingsV1', multiTenancyConfig: { enabled: true } }
const alias = { createAlias: { alias: 'Things', class: 'ThingsV1' } }
const rebuild = { rebuildClass: { alias: 'Things', from: 'ThingsV1', to: { ...safe, class: 'ThingsV2' } } }

async function lint(content: unknown, scope: ProjectScope = 'shared', name = '0001_things.json') {
  const folder = await temporaryFolder()
  await folder.write(name, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  const file = { scope, name: '0001_things', version: '0001', path: join(folder.path, name), checksum: '' }
  return (await lintWeaviate([file], scope)).map(({ rule, line, message }) => `${line ?? '-'} ${rule}: ${message}`)
}

test('given a class as it should be, then nothing is found', async () => {
  expect(
    await lint({ up: [{ createClass: safe }, alias], down: [{ removeAlias: 'Things' }, { removeClass: 'ThingsV1' }] }),
  ).toEqual([])
  expect(await lint({ up: [rebuild], down: [] })).toEqual([])
})

test.each([
  ['weaviate-without-tenants', { createClass: { class: 'ThingsV1' } }],
  ['weaviate-without-tenants', { rebuildClass: { ...rebuild.rebuildClass, to: { class: 'ThingsV2' } } }],
  [
    'weaviate-automatic-tenants-on',
    { createClass: { ...safe, multiTenancyConfig: { enabled: true, autoTenantCreation: true } } },
  ],
  [
    'weaviate-automatic-tenants-on',
    { updateClass: { class: 'ThingsV1', set: { multiTenancyConfig: { autoTenantActivation: true } } } },
  ],
  [
    'weaviate-other-distance',
    {
      createClass: {
        ...safe,
        vectorConfig: { v: { vectorizer: { none: {} }, vectorIndexConfig: { distance: 'dot' } } },
      },
    },
  ],
  ['weaviate-class-removed', { removeClass: 'ThingsV1' }],
  ['weaviate-property-removed', { rebuildClass: { ...rebuild.rebuildClass, drop: ['symbol'] } }],
  [
    'weaviate-not-in-place',
    { updateClass: { class: 'ThingsV1', set: { vectorConfig: { v: { vectorIndexConfig: { distance: 'dot' } } } } } },
  ],
  ['weaviate-malformed', { createClass: { ...safe, class: 'things' } }],
])('%s is found on the line of its operation', async (rule, operation) => {
  expect(await lint({ up: [alias, operation], down: [] })).toEqual([expect.stringMatching(`^\\d+ ${rule}:`)])
})

test('what is about the file, the scope, and what is missing', async () => {
  expect(await lint({ up: [alias] })).toEqual(['- weaviate-no-way-down: 0001_things cannot be undone'])
  expect(await lint({ up: [{ createClass: safe }], down: [] })).toEqual([
    '3 weaviate-without-alias: ThingsV1 has no alias',
  ])
  expect(await lint({ up: [alias], down: [] }, 'tenant')).toEqual([
    '3 weaviate-class-of-company: createAlias concerns all companies',
  ])
  expect(await lint('{"up": [', 'shared')).toEqual([expect.stringContaining('weaviate-malformed: is no JSON')])
  expect(await lint('export const up = () => {}', 'tenant', '0001_things.ts')).toEqual([
    '- weaviate-no-way-down: 0001_things cannot be undone',
  ])
})

test('docs/weaviate.md has every rule', async () => {
  const page = await readFile(new URL('../../../../docs/weaviate.md', import.meta.url), 'utf8')
  expect(rules.filter(({ id }) => !page.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([])
})
