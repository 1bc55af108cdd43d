/** What git makes of a path: it has it, would take it, or leaves it alone. */
export type GitState = 'tracked' | 'not ignored' | 'left alone'

/** Asks git, where it is installed and the folder is in a repository. */
export async function gitStateOf(directory: string): Promise<GitState> {
  const { execa } = await import('execa')
  const git = (...args: string[]) => execa('git', ['-C', directory, ...args], { reject: false })
  const tracked = await git('ls-files', '--', '.')
  if (tracked.exitCode !== 0) return 'left alone'
  if (tracked.stdout !== '') return 'tracked'
  // Others than those git ignores; a folder that ignores all that is in it has none.
  const taken = await git('ls-files', '--others', '--exclude-standard', '--', '.')
  return taken.stdout === '' ? 'left alone' : 'not ignored'
}
