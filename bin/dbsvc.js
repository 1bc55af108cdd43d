#!/usr/bin/env node
// Plain JavaScript that an old Node can still read, so that it can say what is wrong instead of failing on syntax.
import { existsSync } from 'node:fs'
import module from 'node:module'
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `dbsvc needs Node 22.19 or newer; this is Node ${process.versions.node} (DBS-1901)\n` +
      'hint: install a newer Node (https://nodejs.org), or in a project: npm install --save-dev node@24 and run dbsvc from an npm script\n',
  )
  process.exit(3)
}

module.enableCompileCache?.()
// Traces then name the sources. Reading the maps takes longer than starting.
if (process.argv.includes('--verbose')) module.setSourceMapsSupport(true, { nodeModules: true })
const sources = new URL('../src/cli.ts', import.meta.url)
const { main } = await import(existsSync(sources) ? sources.href : new URL('../dist/cli.js', import.meta.url).href)
await main(process.argv)
