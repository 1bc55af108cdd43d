import { findExtensions } from '../../../engines/postgres/doctor/extensions.ts'
import { defineCheck } from '../check.ts'

export const extensions = defineCheck({
  id: 'extensions',
  engine: 'postgres',
  needs: 'control',
  summary: 'no extension or language of the database leads around row security, or out of the database',
  findings: {
    'extension-pierces': {
      severity: 'error',
      means:
        'It reaches files, programs or servers, or runs text as SQL; whoever may call it is held by nothing that dbsvc does. The guard refuses it, a LOGIN role of a company need not.',
    },
    'language-untrusted': {
      severity: 'error',
      means:
        'Functions in it are not confined to the database: they reach files, programs or servers as the user that runs the server.',
    },
    'extension-inspects': {
      severity: 'warning',
      means:
        'It shows pages, row versions or statements, those of other companies too, to whoever is granted its functions.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { piercing, inspecting, languages } = await findExtensions(client)
    return [
      ...piercing.map((name) => ({
        id: 'extension-pierces' as const,
        message: `extension ${name} is installed`,
        mend: `drop extension ${name}`,
      })),
      ...languages.map(({ name, extension }) => ({
        id: 'language-untrusted' as const,
        message: `language ${name} is untrusted`,
        mend: extension === null ? `drop language ${name}` : `drop extension ${extension}`,
      })),
      ...inspecting.map((name) => ({
        id: 'extension-inspects' as const,
        message: `extension ${name} is installed`,
        mend: `drop extension ${name}`,
      })),
    ]
  },
})
