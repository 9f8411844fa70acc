from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "tuoyu.domains.bookings"
    label = "bookings"
