import ts from 'typescript';

/** One small change of a source text that compiles and should make a test fail. */
export interface Point {
  /** What is replaced, from the character `start` up to `end`. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The expression whose evaluation shows that the changed place is run. */
  readonly expression: { readonly start: number; readonly end: number };
}

/** Numbers of a list this long are data, not code. */
const TABLE = 24;

/**
 * All places of a module that can be changed: comparisons, sums and products, minima and maxima, roundings, quantifiers,
 * conjunctions, numbers, booleans, branches, negations, slices and indices. What makes the message of an error is left
 * alone, and so are types, strings and tables of numbers.
 */
export function pointsOf(text: string): readonly Point[] {
  const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.ES2022, true);
  return pointsIn(file, file);
}

function pointsIn(node: ts.Node, file: ts.SourceFile): readonly Point[] {
  if (isLeftAlone(node)) return [];
  const here = changesOf(node, file).map(({ of, replacement }) => ({
    start: of.getStart(file),
    end: of.getEnd(),
    replacement,
    expression: spanOf(evaluated(node), file),
  }));
  const inside: Point[] = [];
  ts.forEachChild(node, (child) => {
    inside.push(...pointsIn(child, file));
  });
  return [...here, ...inside];
}

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node)) return true;
  if (ts.isNewExpression(node)) return /Error$/.test(node.expression.getText());
  return ts.isArrayLiteralExpression(node) && numbersIn(node) > TABLE;
}

function numbersIn(node: ts.Node): number {
  if (ts.isNumericLiteral(node)) return 1;
  let count = 0;
  ts.forEachChild(node, (child) => {
    if (ts.isArrayLiteralExpression(child) || ts.isNumericLiteral(child)) count += numbersIn(child);
  });
  return count;
}

interface Change {
  readonly of: ts.Node;
  readonly replacement: string;
}

function changesOf(node: ts.Node, file: ts.SourceFile): readonly Change[] {
  if (ts.isBinaryExpression(node)) return ofOperator(node);
  if (ts.isNumericLiteral(node)) return ofNumber(node);
  if (ts.isConditionalExpression(node)) return [swapped(node, file)];
  if (ts.isPrefixUnaryExpression(node)) return ofPrefix(node, file);
  if (ts.isPostfixUnaryExpression(node)) return ofPostfix(node, file);
  if (ts.isCallExpression(node)) return ofCall(node, file);
  if (ts.isElementAccessExpression(node)) return ofIndex(node, file);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ of: node, replacement: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ of: node, replacement: 'true' }];
  return [];
}

const operators: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '&&': '||',
  '||': '&&',
};

function ofOperator({ left, operatorToken, right }: ts.BinaryExpression): readonly Change[] {
  const other = operators[operatorToken.getText()];
  const joinsText = operatorToken.kind === ts.SyntaxKind.PlusToken && [left, right].some(isText);
  return other === undefined || joinsText ? [] : [{ of: operatorToken, replacement: other }];
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function ofNumber(node: ts.NumericLiteral): readonly Change[] {
  const isName = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  const value = Number(node.text);
  if (isName || ts.isEnumMember(node.parent)) return [];
  return [{ of: node, replacement: String(Number.isInteger(value) ? value + 1 : 10 * value) }];
}

function swapped({ condition, whenTrue, whenFalse }: ts.ConditionalExpression, file: ts.SourceFile): Change {
  const [asked, yes, no] = [condition, whenTrue, whenFalse].map((part) => part.getText(file));
  return { of: condition.parent, replacement: `${asked} ? (${no}) : (${yes})` };
}

function ofPrefix(node: ts.PrefixUnaryExpression, file: ts.SourceFile): readonly Change[] {
  const operand = node.operand.getText(file);
  if (node.operator === ts.SyntaxKind.ExclamationToken) return [{ of: node, replacement: operand }];
  const isSign = node.operator === ts.SyntaxKind.MinusToken && !ts.isNumericLiteral(node.operand);
  return isSign ? [{ of: node, replacement: operand }] : [];
}

// Loops that count backwards do not end.
function ofPostfix(node: ts.PostfixUnaryExpression, file: ts.SourceFile): readonly Change[] {
  if (ts.isForStatement(node.parent) && node.parent.incrementor === node) return [];
  const other = node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++';
  return [{ of: node, replacement: `${node.operand.getText(file)}${other}` }];
}

const functions: Readonly<Record<string, string>> = {
  'Math.min': 'max',
  'Math.max': 'min',
  'Math.floor': 'ceil',
  'Math.ceil': 'floor',
  'Math.round': 'floor',
};
const methods: Readonly<Record<string, string>> = { every: 'some', some: 'every' };

function ofCall({ expression, arguments: given }: ts.CallExpression, file: ts.SourceFile): readonly Change[] {
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const { name } = expression;
  const other = functions[expression.getText(file)] ?? methods[name.text];
  if (other !== undefined) return [{ of: name, replacement: other }];
  if (name.text !== 'slice' && name.text !== 'subarray') return [];
  // A bound that is a number is changed as all numbers are.
  return given.flatMap((bound, index) =>
    ts.isNumericLiteral(bound)
      ? []
      : [{ of: bound, replacement: `(${bound.getText(file)}) ${index === 0 ? '+' : '-'} 1` }],
  );
}

function ofIndex({ argumentExpression: index }: ts.ElementAccessExpression, file: ts.SourceFile): readonly Change[] {
  return ts.isIdentifier(index) ? [{ of: index, replacement: `${index.getText(file)} + 1` }] : [];
}

/** What can be put into parentheses: of an element its index, of a chain with `?.` the whole. */
function evaluated(node: ts.Node): ts.Node {
  if (ts.isElementAccessExpression(node)) return node.argumentExpression;
  let whole = node;
  while (isLinkOf(whole.parent, whole) && ts.isOptionalChain(whole.parent)) whole = whole.parent;
  return whole;
}

function isLinkOf(parent: ts.Node, node: ts.Node): boolean {
  const isLink =
    ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent) || ts.isCallExpression(parent);
  return isLink && parent.expression === node;
}

function spanOf(node: ts.Node, file: ts.SourceFile): { start: number; end: number } {
  return { start: node.getStart(file), end: node.getEnd() };
}
