/** Data flows one way, and so do imports. Each rule names what a folder must not know. */

const never = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    never('no-cycles', {}, { circular: true }, 'Two files that import each other are one file.'),
    never(
      'nothing-unused',
      { path: '^src/cli\\.ts$' },
      { path: '^src/', pathNot: '^src/server/contract/', reachable: false },
      'Every source is reached from the entry point.',
    ),
    never('resolvable', { path: '^src/' }, { couldNotResolve: true }, 'An import that leads nowhere.'),
    never(
      'core-is-pure',
      { path: '^src/core/' },
      { pathNot: ['^src/core/', '^(node:)?crypto$'] },
      'No I/O, no process, no packages: core/ takes plain data and returns plain data.',
    ),
    never(
      'config-knows-no-work',
      { path: '^src/config/' },
      { path: '^src/', pathNot: '^src/(config|core|machine)/' },
      'Configuration is read before anything is done with it.',
    ),
    never(
      'engines-know-no-caller',
      { path: '^src/engines/' },
      { path: '^src/', pathNot: ['^src/(engines|core|config)/', '^src/shipped\\.ts$'] },
      'An engine is called; it knows no command, no use-case and no output.',
    ),
    never(
      'machine-knows-no-database',
      { path: '^src/machine/' },
      { path: '^src/', pathNot: '^src/(machine|core)/' },
      'Processes and files of this machine.',
    ),
    never(
      'embedded-stands-alone',
      { path: '^src/embedded/' },
      { path: '^src/', pathNot: '^src/(embedded|core|machine)/' },
      'Starting a server needs no configuration and no engine.',
    ),
    never(
      'server-knows-no-command',
      { path: '^src/server/' },
      { path: '^src/(commands|output|cli)' },
      'The router returns values and events; a command starts it.',
    ),
    never(
      'app-knows-no-server',
      { path: '^src/app/(?!dev/)' },
      { path: '^src/server/' },
      'The router is made of use-cases, not the other way round.',
    ),
    never(
      'app-knows-no-command',
      { path: '^src/app/' },
      { path: '^src/(commands|output|cli)' },
      'Use-cases return values and events; commands render them.',
    ),
    never(
      'output-only-prints',
      { path: '^src/output/' },
      { path: '^src/', pathNot: '^src/(output|core)/' },
      'Output knows errors and nothing else.',
    ),
    never(
      'commands-parse-and-render',
      { path: '^src/commands/' },
      { path: '^src/(cli|embedded|shipped)' },
      'A command calls a use-case.',
    ),
    never(
      'commands-speak-to-no-driver',
      { path: '^src/commands/' },
      { dependencyTypes: ['npm', 'npm-optional', 'npm-dev'], pathNot: '(^|/)node_modules/commander/' },
      'SQL, files of data and servers belong to use-cases and engines.',
    ),
    never('nobody-imports-the-entry', { pathNot: '^(bin|test)/' }, { path: '^src/cli\\.ts$' }, 'cli.ts is the top.'),
    never(
      'sources-ship-alone',
      { path: '^(src|bin)/' },
      { path: '^(test|bench|scripts)/' },
      'The published package has none of these.',
    ),
    never(
      'no-development-packages',
      { path: '^(src|bin)/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/(commander|cosmiconfig|zod)/',
      },
      'They are not installed with the published package; these few the build inlines (scripts/build.ts).',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
}
