import type { Origin } from '../../config/load.ts'
import { listSettings, type Setting } from '../../config/settings.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (command) => {
    examples(command, ['dbsvc config view', 'dbsvc config view --json', 'dbsvc --config staging.yaml config view'])
  },
  async (context) => {
    const loaded = await context.loadConfig()
    const settings = listSettings(loaded)
    context.output.note(loaded.file === null ? 'no configuration file found' : `configuration file: ${loaded.file}`)
    context.output.result('config.view/1', { file: loaded.file, settings }, () =>
      table(['path', 'value', 'origin'], settings.map(row)),
    )
    return undefined
  },
)

const row = ({ path, value, origin }: Setting): string[] => [path, shown(value), originName(origin)]

function shown(value: unknown): string {
  if (value === null) return '(not set)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function originName(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
    case 'environment':
      return origin.name
    case 'file':
      return origin.path
    case 'dev':
      return `dbsvc dev, pid ${origin.pid}`
    case 'default':
      return 'default'
  }
}
