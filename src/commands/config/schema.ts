import { configJsonSchema } from '../../config/json-schema.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (command) => {
    examples(command, ['dbsvc config schema > dbsvc.schema.json', 'dbsvc config schema --json'])
  },
  async ({ output }) => {
    const document = configJsonSchema()
    // A JSON Schema says what it is by $schema; undefined keeps dbsvc's own marker out of it.
    output.result('config.schema/1', { schema: undefined, ...document }, () => [JSON.stringify(document, null, 2)])
    return undefined
  },
)
