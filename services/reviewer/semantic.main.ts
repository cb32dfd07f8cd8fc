/** The model that this reviewer may ask, as the settings say; null where they name none. */
import type { SemanticReviewer } from '../../domain/semantic-review/port.ts';
import { readKeyFile } from '../../infra/semantic-review/key-file.ts';
import { openAiCompatibleReviewer } from '../../infra/semantic-review/openai-compatible.ts';
import { systemClock, systemRandom } from '../../infra/system/index.ts';
import { type Settings, SettingsError } from '../settings.ts';

/** Throws `SettingsError` for an address that may not be asked, and an `Error` for a key file that has no key. */
export function semanticReviewerOf(settings: Settings): SemanticReviewer | null {
  const { semanticUrl: url, semanticModel: model, semanticKeyFile } = settings;
  if (url === null || model === null) return null;
  const options = {
    url,
    model,
    key: semanticKeyFile === null ? null : readKeyFile(semanticKeyFile),
    timeoutMs: settings.semanticTimeoutMs,
    maxSourceBytes: settings.semanticMaxBytes,
    maxTokens: settings.semanticMaxTokens,
  };
  try {
    return openAiCompatibleReviewer(options, { clock: systemClock, random: systemRandom });
  } catch (error) {
    if (error instanceof RangeError) throw new SettingsError(`setting semanticUrl: ${error.message}`);
    throw error;
  }
}
