/** YAML text to plain data, for a manifest: YAML 1.2, core schema, one document, nothing that refers to something else. */
import { isAlias, isScalar, parseDocument, visit } from 'yaml';
import { printable, refuse } from '../../domain/submission/intake-codes.ts';

/**
 * @param path of the manifest, for messages
 * @returns the document's data: strings, numbers, booleans, null, arrays, objects
 * @throws IntakeRefusal
 */
export function parseManifestYaml(bytes: Buffer, path: string, maxBytes: number): unknown {
  if (bytes.length > maxBytes)
    refuse('manifest-too-large', path, `it has ${bytes.length} bytes, allowed are ${maxBytes}`);
  const text = bytes.toString('utf8');
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    strict: true,
    prettyErrors: true,
  });
  // Unknown tags are warnings, nesting too deep to parse is an error.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) refuse('manifest-not-yaml', path, firstLine(problem.message));
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    refuse('manifest-not-yaml', path, `it is YAML ${document.directives.yaml.version}, not 1.2`);
  }
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) refuse('manifest-not-yaml', path, `it has the alias *${printable(node.source)}`);
      if (node.anchor !== undefined)
        refuse('manifest-not-yaml', path, `it has the anchor &${printable(node.anchor)}`);
    },
    Pair: (_, { key }) => {
      const isText = isScalar(key) && typeof key.value === 'string';
      if (!isText)
        refuse('manifest-not-yaml', path, `it has the key ${printable(String(key))}, which is not text`);
    },
  });
  return document.toJS({ maxAliasCount: 0 });
}

function firstLine(message: string): string {
  return printable((message.split('\n')[0] ?? '').replace(/:$/, ''));
}
