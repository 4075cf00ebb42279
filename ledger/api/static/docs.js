// The viewer knows OpenAPI 3.0; what this document uses of 3.1 it shows all the same, so only the version is changed.
async function show() {
  const response = await fetch("/api/openapi.json");
  const description = await response.json();
  SwaggerUIBundle({
    spec: { ...description, openapi: "3.0.3" },
    dom_id: "#docs",
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
  });
}

show();
