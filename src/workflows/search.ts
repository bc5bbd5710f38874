/** Search attributes: by these people find workflows in the Web UI. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const MODEL = defineSearchAttributeKey('Model', 'KEYWORD');
export const STAGE = defineSearchAttributeKey('Stage', 'KEYWORD');
export const TRIGGER = defineSearchAttributeKey('Trigger', 'KEYWORD');
export const MODEL_VERSION = defineSearchAttributeKey('ModelVersion', 'INT');
export const OUTCOME = defineSearchAttributeKey('Outcome', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [MODEL, STAGE, TRIGGER, MODEL_VERSION, OUTCOME] as const;
