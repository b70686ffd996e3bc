// What one request may ask of the server, before anything of it runs.
import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'

export const limits = {
  /** Bytes of a request's body. */
  body: 1_000_000,
  /** Lexical tokens of a document. */
  tokens: 10_000,
  /** Fields within fields. */
  depth: 14,
  /** Fields of a document, each fragment counted wherever it is spread. */
  fields: 1_000,
  /** Fields at the top of an operation, whatever their aliases. */
  rootFields: 30,
  /** Items of a mutation that takes several. */
  items: 500,
} as const

/** Validation rule: refuses documents that are too deep or too wide. Introspection is not counted: it is bounded by the schema. */
export function sizeLimits(context: ValidationContext): ASTVisitor {
  const measured = new Map<FragmentDefinitionNode, Size>()
  const tooMuch = (what: string, limit: number, got: number) =>
    context.reportError(
      new GraphQLError(`The document has ${got} ${what}; the limit is ${limit}.`, {
        extensions: { code: 'DOCUMENT_TOO_LARGE' },
      }),
    )

  const size = (set: SelectionSetNode | undefined, open: readonly FragmentDefinitionNode[] = []): Size => {
    const total = { depth: 0, fields: 0, top: 0 }
    for (const selection of set?.selections ?? []) {
      const part = sizeOf(selection, open)
      total.depth = Math.max(total.depth, part.depth)
      total.fields += part.fields
      total.top += part.top
    }
    return total
  }
  const sizeOf = (selection: SelectionSetNode['selections'][number], open: readonly FragmentDefinitionNode[]): Size => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return size(selection.selectionSet, open)
    if (selection.kind === Kind.FIELD) {
      const inner = introspects(selection) ? nothing : size(selection.selectionSet, open)
      return { depth: inner.depth + 1, fields: inner.fields + 1, top: 1 }
    }
    const fragment = context.getFragment(selection.name.value)
    // A fragment within itself is refused by the specification's own rules.
    if (!fragment || open.includes(fragment)) return nothing
    let found = measured.get(fragment)
    if (!found) {
      found = size(fragment.selectionSet, [...open, fragment])
      measured.set(fragment, found)
    }
    return found
  }

  return {
    OperationDefinition(operation) {
      const { depth, fields, top } = size(operation.selectionSet)
      if (depth > limits.depth) tooMuch('levels', limits.depth, depth)
      if (fields > limits.fields) tooMuch('fields', limits.fields, fields)
      if (top > limits.rootFields) tooMuch('fields at the top', limits.rootFields, top)
      return false
    },
  }
}

interface Size {
  readonly depth: number
  readonly fields: number
  readonly top: number
}
const nothing: Size = { depth: 0, fields: 0, top: 0 }

const introspects = (field: FieldNode) => field.name.value.startsWith('__')
