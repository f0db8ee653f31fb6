// A lint rule: a function of this repository has at most three parameters. Further values belong into one object with
// named members.

const MOST = 3

/**
 * A callback that is written as an argument is exempt, because its caller determines the parameters.
 * @type {import('eslint').Rule.RuleModule}
 */
export const maxParams = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { tooMany: `{{count}} parameters: pass at most ${MOST}, the last one an object with named members.` },
  },
  create(context) {
    /** @param {import('estree').Function & import('eslint').Rule.NodeParentExtension} node */
    const check = (node) => {
      const { parent } = node
      const isArgument = parent.type === 'CallExpression' && parent.callee !== node
      if (node.params.length > MOST && !isArgument) {
        context.report({ node, messageId: 'tooMany', data: { count: String(node.params.length) } })
      }
    }
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check }
  },
}
