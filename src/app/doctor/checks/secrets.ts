import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { listSecrets } from '../../secret/list.ts'
import { defineCheck, type Examination, type Observation } from '../check.ts'
import { gitStateOf } from '../git.ts'

type Id =
  | 'secret-mode'
  | 'secret-folder-mode'
  | 'secret-owner'
  | 'secret-unsealed'
  | 'secrets-in-git'
  | 'secrets-not-ignored'

export const secrets = defineCheck({
  id: 'secrets',
  engine: null,
  summary:
    'only the user who runs dbsvc can read the secrets, they are sealed where a key is configured, and git has none of them',
  findings: {
    'secret-mode': {
      severity: 'error',
      means:
        'dbsvc refuses to use it, and other users of this machine may have read it: whoever has a context key can act as any company.',
      fix: 'asked',
    },
    'secret-folder-mode': {
      severity: 'error',
      means: 'Other users of this machine can see which secrets there are, or put others in their place.',
      fix: 'asked',
    },
    'secret-owner': {
      severity: 'error',
      means: 'That user can read and replace the secret, whatever its mode.',
    },
    'secret-unsealed': {
      severity: 'warning',
      means: 'Whoever gets at the file, or at a backup of it, has the secret without the key that is configured.',
    },
    'secrets-in-git': {
      severity: 'error',
      means:
        'Everyone with the repository has the secrets, also after they are removed from it: they are in its history.',
    },
    'secrets-not-ignored': {
      severity: 'warning',
      means: 'The next git add takes them in.',
    },
  },
  async look({ project, loaded }) {
    const directory = project.secrets
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    // Before the cluster is set up there is none.
    if (names === null) return []
    const files = names.map((name) => join(directory, name))
    const found = await Promise.all([judge(directory, true), ...files.map((file) => judge(file, false))])
    const ill = found.flat()
    // What is open to others cannot be read.
    if (ill.length === 0) ill.push(...(await judgeSeals({ project, loaded })))
    return [...ill, ...(await judgeGit(directory))]
  },
})

async function judge(path: string, isFolder: boolean): Promise<Observation<Id>[]> {
  const { mode, uid } = await lstat(path)
  const wanted = isFolder ? 0o700 : 0o600
  // Windows has neither such bits nor such owners.
  if (process.platform === 'win32') return []
  const found: Observation<Id>[] = []
  if ((mode & 0o077) !== 0) {
    const message = `${path} can be used by group or others (mode ${octal(mode & 0o777)})`
    found.push({
      id: isFolder ? 'secret-folder-mode' : 'secret-mode',
      message,
      mend: `chmod ${wanted.toString(8)} ${path}`,
      fix: () => chmod(path, wanted),
    })
  }
  if (uid !== process.getuid?.()) {
    found.push({
      id: 'secret-owner',
      message: `${path} belongs to user ${uid}`,
      mend: `chown ${process.getuid?.()} ${path}`,
    })
  }
  return found
}

async function judgeSeals({ project, loaded }: Pick<Examination, 'project' | 'loaded'>): Promise<Observation<Id>[]> {
  const { key, keyCommand } = loaded.config.secrets
  if (key === undefined && keyCommand === undefined) return []
  const clear = (await listSecrets(project)).filter(({ sealedWith }) => sealedWith === null)
  return clear.map(({ name }) => ({
    id: 'secret-unsealed',
    message: `${join(project.secrets, name)} is not sealed, though a key is configured`,
    mend: 'dbsvc secret rotate',
  }))
}

async function judgeGit(directory: string): Promise<Observation<Id>[]> {
  const state = await gitStateOf(directory)
  if (state === 'tracked') {
    const mend = `git rm -r --cached ${directory}; then dbsvc key rotate, and new passwords`
    return [{ id: 'secrets-in-git', message: `${directory} is in git`, mend }]
  }
  if (state === 'not ignored') {
    return [
      {
        id: 'secrets-not-ignored',
        message: `${directory} is in a repository that does not ignore it`,
        mend: `echo '*' > ${join(directory, '.gitignore')}`,
      },
    ]
  }
  return []
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
