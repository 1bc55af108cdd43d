import { readFile, writeFile } from 'node:fs/promises'
import { configJsonSchema } from '../../src/config/json-schema.ts'

const copy = new URL('../../dbsvc.schema.json', import.meta.url)
const wanted = `${JSON.stringify(configJsonSchema(), null, 2)}\n`

if (process.argv.includes('--write')) {
  await writeFile(copy, wanted)
} else if ((await readFile(copy, 'utf8').catch(() => '')) !== wanted) {
  process.stderr.write(
    'dbsvc.schema.json differs from src/config/schema.ts\nhint: node scripts/checks/config-schema.ts --write\n',
  )
  process.exitCode = 1
}
