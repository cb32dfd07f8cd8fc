/** The OpenAPI 3.1 document, made from the schemas of the answers. */
import { z } from 'zod';
import * as answers from './answers.ts';
import { otherRoutes } from './routes/documented.ts';
import type { RouteAnswer, RouteDoc } from './routes/route.ts';
import type { StateRoute } from './routes/state-route.ts';
import { stateRoutes } from './routes/state-table.ts';

type Node = { readonly [key: string]: unknown };

function schemaOf(schema: z.ZodType): Node {
  const { $schema: _, ...node } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return node;
}

function queryParameters(query: z.ZodObject): Node[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...node } = schemaOf(schema);
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      schema: node,
    };
  });
}

function parametersOf(path: string, query: z.ZodObject | undefined, headers: readonly string[] = []): Node[] {
  const string = { type: 'string' };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: string,
  }));
  const inHeader = headers.map((name) => ({ name, in: 'header', required: false, schema: string }));
  return [...inPath, ...(query === undefined ? [] : queryParameters(query)), ...inHeader];
}

function answerNode({ description, schema, contentType }: RouteAnswer): Node {
  const json = schema === undefined ? {} : { 'application/json': { schema: schemaOf(schema) } };
  const bytes = contentType === undefined ? {} : { [contentType]: {} };
  const content = { ...json, ...bytes };
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

function operation({ path, tag, summary, query, headers, answers: given }: RouteDoc): Node {
  const responses = Object.entries(given).map(([status, answer]) => [status, answerNode(answer)]);
  const error = { $ref: '#/components/responses/Error' };
  const parameters = parametersOf(path, query, headers);
  return {
    tags: [tag],
    summary,
    parameters,
    responses: { ...Object.fromEntries(responses), default: error },
  };
}

function docOf({ path, summary, query, answer }: StateRoute): RouteDoc {
  return {
    method: 'get',
    path: path.replaceAll(/:(\w+)/g, '{$1}'),
    tag: 'state',
    summary,
    query,
    headers: ['If-None-Match'],
    answers: {
      200: {
        description: 'The answer; `ETag`, `Prism-Index` and `Prism-State-Digest` say of which state.',
        schema: answer,
      },
      304: { description: 'Unchanged.' },
    },
  };
}

export function openApiDocument(version: string): Node {
  const paths: { [path: string]: { [method: string]: Node } } = {};
  for (const route of [...stateRoutes.map(docOf), ...otherRoutes]) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'PRISM', version, summary: 'The ledger of a PRISM challenge, and what follows from it.' },
    paths,
    components: {
      responses: {
        Error: answerNode({ description: 'What went wrong, by code.', schema: answers.errorSchema }),
      },
    },
  };
}
