// Lint rules: errors that the compiler cannot see (forgotten promises, forgotten cases) and rules of the house.
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { maxParams } from './scripts/eslint/max-params.mjs'

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name it: a default export has another name in every file that imports it.',
}
const NO_ENVIRONMENT_IMPORT = {
  selector: "ImportDeclaration[source.value='node:process'] > ImportSpecifier[imported.name='env']",
  message: 'Only config/ reads the environment.',
}

// The folders whose own functions take at most three parameters.
const FEW_PARAMETERS = [
  'packages/{protocol,guard,client,console}/src/**',
  'packages/latchkey/src/{cli,config,keys,server}/**',
  'bench/**',
  'examples/demo/**',
  'scripts/**',
]
// `replace` implements TokenStore, which users of the client implement too. Commander calls `formatItem`.
const MORE_PARAMETERS = ['packages/client/src/valkey-store.ts', 'packages/latchkey/src/cli/commands/mock.ts']

export default defineConfig(
  globalIgnores(['**/dist/', 'coverage/', '.latchkey/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  { rules: { eqeqeq: 'error', 'max-lines': ['error', 400] } },

  {
    files: FEW_PARAMETERS,
    ignores: MORE_PARAMETERS,
    plugins: { house: { rules: { 'max-params': maxParams } } },
    rules: { 'house/max-params': 'error' },
  },

  {
    // Plain JavaScript is in tsconfig.tests.json: tsc knows its names and, from doc comments, its types.
    files: ['**/*.{js,mjs}'],
    rules: { 'no-undef': 'off' },
  },

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      // A port may return a promise although its adapter has the value at once. `async` then only turns a throw into
      // a rejection.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },

  {
    files: ['packages/console/**/*.{ts,tsx}'],
    rules: {
      // `const { left, ...rest } = value` removes a member, and so has to name a variable that is not used.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // The router redirects if a redirect is thrown.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allow: [{ from: 'package', package: '@tanstack/router-core', name: 'Redirect' }] },
      ],
    },
  },

  {
    files: ['packages/**/*.{ts,tsx}'],
    ignores: ['packages/*/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT] },
  },
  {
    files: ['packages/*/src/**/*.{ts,tsx}'],
    ignores: ['packages/latchkey/src/config/**', 'packages/credentials/src/platforms.ts'],
    rules: {
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_ENVIRONMENT_IMPORT],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config/ reads the environment.' },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.{ts,tsx}'],
    ignores: ['packages/latchkey/src/cli/**'],
    rules: { 'no-console': 'error' },
  },
)
