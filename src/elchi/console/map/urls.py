"""Address of the map."""

from django.urls import path

from elchi.console.map import views

urlpatterns = [path("map/", views.situation, name="map")]
