import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/loader.ts'
import { listSettings } from '../../../src/config/settings.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test('given a secret that is set and one that is not, when settings are listed, then only the first is redacted', async () => {
  const { path } = await temporaryFolder()
  const loaded = await loadConfig({ cwd: path, env: { DBSVC_POSTGRES_PASSWORD: 'abc' } }, () => {})
  const settings = listSettings(loaded)
  expect(settings).toContainEqual({
    path: 'postgres.password',
    value: '[redacted]',
    origin: { kind: 'environment', name: 'DBSVC_POSTGRES_PASSWORD' },
  })
  expect(settings).toContainEqual({ path: 'postgres.servicePassword', value: null, origin: { kind: 'default' } })
  expect(settings.map((setting) => setting.path)).toEqual([...loaded.origins.keys()])
})
