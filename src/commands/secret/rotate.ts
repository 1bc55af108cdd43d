import { locateProject } from '../../app/project.ts'
import { resealSecrets } from '../../app/secret/rotate.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (rotate) => {
    examples(rotate, ['dbsvc secret rotate', 'DBSVC_SECRETS_KEY=$(openssl rand -base64 32) dbsvc secret rotate'])
  },
  async (context) => {
    const project = locateProject(await context.loadConfig())
    const { resealed, secrets } = await resealSecrets(project)
    context.output.result('secret.rotate/1', { directory: project.secrets, resealed, secrets }, () => [
      `${resealed.length} of ${secrets} secrets were sealed with the current key; the others had been`,
    ])
    return undefined
  },
)
