import { readFile } from 'node:fs/promises'
import { variableName } from '../../../config/environment.ts'
import { readConfigFile } from '../../../config/file.ts'
import { secretPaths } from '../../../config/schema.ts'
import { valueAt } from '../../../config/tree.ts'
import { defineCheck } from '../check.ts'

export const configuration = defineCheck({
  id: 'configuration',
  engine: null,
  summary: 'the configuration file holds no password',
  findings: {
    'literal-password': {
      severity: 'warning',
      means: 'Everyone who can read the file has the password, and it ends up in git and in backups of the project.',
    },
  },
  async look({ loaded: { file, root } }) {
    if (file === null) return []
    const { settings } = (await readConfigFile(root, file)) ?? { settings: {} }
    // A file of code may have computed it; only what stands there is there to be read.
    const text = await readFile(file, 'utf8')
    return secretPaths.flatMap((path) => {
      const value = valueAt(settings, path.split('.'))
      if (typeof value !== 'string' || value === '' || /(?<!\$)\$\{(env|file):/.test(value)) return []
      if (!text.includes(JSON.stringify(value).slice(1, -1))) return []
      return [
        {
          id: 'literal-password' as const,
          message: `${file} has ${path} in plain text`,
          mend: `${path}: \${env:${variableOf(path)}} or \${file:/run/secrets/…}`,
        },
      ]
    })
  },
})

/** `arango.password` is suggested as ARANGO_PASSWORD: the name with dbsvc's own prefix would be read without the file. */
const variableOf = (path: string): string => variableName(path.split('.')).replace(/^DBSVC_/, '')
