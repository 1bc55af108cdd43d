import { relative, resolve } from 'node:path'
import { initProject } from '../app/init-project.ts'
import { defineCommand, examples } from './command.ts'

export const command = defineCommand<[string | undefined], object>(
  (command) => {
    command.argument('[dir]', 'folder of the project; made where it does not exist', '')
    examples(command, ['dbsvc init', 'dbsvc init trading'])
  },
  async ({ output, cwd }, [dir]) => {
    const { directory, written, kept } = await initProject(resolve(cwd, dir ?? ''))
    output.result('init/1', { directory, written, kept }, () => [
      ...written.map((path) => `written  ${path}`),
      ...kept.map((path) => `kept     ${path}`),
    ])
    for (const line of nextSteps(relative(cwd, directory))) output.note(line)
    return undefined
  },
)

function nextSteps(folder: string): string[] {
  return [
    'next:',
    ...(folder === '' ? [] : [`  cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`]),
    '  npm install --save-dev dbsvc',
    '  npx dbsvc dev                        everything on embedded engines, or',
    '  cp .env.example .env                 set the passwords in it, then',
    '  docker compose up --detach --wait    real servers',
  ]
}
