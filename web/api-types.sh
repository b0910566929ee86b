#!/usr/bin/env bash
# Writes src/api/schema.gen.ts from the OpenAPI document of the API in this repository.
set -euo pipefail
cd "$(dirname "$0")"
python=${HOTLINE_VENV:-../.venv}/bin/python
document=$(mktemp)
trap 'rm -f "$document"' EXIT
(cd .. && "${python/#..\//}" -c '
import json
from api.app import create_app
from api.settings import get_settings
print(json.dumps(create_app(get_settings()).openapi(), ensure_ascii=False))') > "$document"
npx openapi-typescript "$document" --output src/api/schema.gen.ts
