import { locateProject } from '../../app/project.ts'
import { listSecrets } from '../../app/secret/list.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (list) => {
    examples(list, ['dbsvc secret list', 'dbsvc secret list --json'])
  },
  async (context) => {
    const project = locateProject(await context.loadConfig())
    const secrets = await listSecrets(project)
    context.output.result('secret.list/1', { directory: project.secrets, secrets }, () =>
      table(
        ['secret', 'sealed with'],
        secrets.map(({ name, sealedWith }) => [name, sealedWith ?? '-']),
      ),
    )
    return undefined
  },
)
