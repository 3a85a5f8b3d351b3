"""Every address of the node."""

from __future__ import annotations

from django.urls import include, path

from elchi.console import health
from elchi.node.plug import modules

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("", include("elchi.console.urls")),
    *(path("", include(module.pages)) for module in modules() if module.pages),
    path("", include("elchi.api.urls")),
]
handler400 = "elchi.console.refusals.bad_request"
handler403 = "elchi.console.refusals.forbidden"
handler404 = "elchi.console.refusals.not_found"
handler500 = "elchi.console.refusals.server_error"
