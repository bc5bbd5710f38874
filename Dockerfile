# Two images from one file: `worker` (the last, and so the default) and `laptop` (AWS and SageMaker on one machine).

FROM node:22.21.1-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true

# What the lock file says, without the tools of development; no package here needs its install script.
FROM base AS modules
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM modules AS bundle
COPY tsconfig.json ./
COPY scripts/bundle-workflows.ts ./scripts/
COPY src ./src
RUN node --import tsx scripts/bundle-workflows.ts build/workflows.js \
    && node --import tsx scripts/bundle-workflows.ts --encrypted build/workflows-encrypted.js

# Lambda runs its code by the Node of this image, jobs run by its Python; libgomp is XGBoost's.
FROM base AS laptop
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv libgomp1 \
    && rm -rf /var/lib/apt/lists/*
COPY local/requirements.txt ./local/
RUN python3 -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r local/requirements.txt
COPY local ./local
COPY container ./container
RUN mkdir /state && chown node:node /state
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONPATH=/app/local \
    PYTHONUNBUFFERED=1
USER node

FROM base AS worker
COPY --from=modules /app/node_modules ./node_modules
COPY --from=bundle /app/build ./build
COPY package.json tsconfig.json ./
COPY bin ./bin
COPY container ./container
COPY local ./local
COPY plans ./plans
COPY src ./src
RUN ln -s ../../bin/perennial.mjs node_modules/.bin/perennial \
    && mkdir /tokens && chown node:node /tokens
ENV PATH=/app/node_modules/.bin:$PATH \
    PERENNIAL_WORKFLOW_BUNDLE=/app/build/workflows.js \
    PERENNIAL_METRICS_ADDRESS=127.0.0.1:9464 \
    PERENNIAL_SOURCE_FOLDERS=/app/plans:/app/node_modules/vega-datasets
USER node
# The metrics answer as soon as the worker's core runs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:9464/metrics').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "src/worker.ts"]
