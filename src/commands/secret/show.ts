import { locateProject } from '../../app/project.ts'
import { showSecret } from '../../app/secret/show.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[string], object>(
  (show) => {
    show.argument('<name>', 'as `dbsvc secret list` has it')
    examples(show, ['dbsvc secret show postgres-main-login-company_abc'])
  },
  async (context, [name]) => {
    const secret = await showSecret(locateProject(await context.loadConfig()), name)
    context.output.result('secret.show/1', { name, secret }, () => secret.trimEnd().split('\n'))
    return undefined
  },
)
